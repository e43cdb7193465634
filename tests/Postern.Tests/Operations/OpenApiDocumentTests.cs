using System.Text.Json;
using System.Text.Json.Nodes;
using Postern.Configuration;
using Postern.Operations;
using Postern.Tests.Monitoring;

namespace Postern.Tests.Operations;

public sealed class OpenApiDocumentTests
{
    [Fact]
    public async Task The_committed_document_is_what_the_tables_say()
    {
        await using var server = await AdminServer.StartAsync();
        var document = OpenApiDocument.Create(server.Service<GatewayOperations>(), server.Service<AdminOperations>(), new PosternConfiguration());
        CommittedFile.Matches("docs/reference/openapi.json", OpenApiText.Of(document));
    }
}
