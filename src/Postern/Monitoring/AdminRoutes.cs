using Microsoft.AspNetCore.Http;
using Postern.Operations;

namespace Postern.Monitoring;

/// <summary>Finds the operation of a request: the table is short and has one parameter at most, a scan is enough.</summary>
/// <remarks>Not endpoint routing: within one application it would share its endpoints with the gateway port.</remarks>
internal static class AdminRoutes
{
    /// <summary>The operations at a path, whatever their method; the value of <c>{id}</c>, decoded.</summary>
    public static (IReadOnlyList<Operation> Found, string? Id) Match(IReadOnlyList<Operation> all, PathString path)
    {
        var segments = (path.Value ?? "").Split('/');
        string? id = null;
        List<Operation> found = [];
        foreach (var operation in all)
        {
            var template = operation.Path.Split('/');
            if (template.Length == segments.Length && template.Zip(segments).All(pair => pair.First == "{id}" ? pair.Second.Length > 0 : pair.First == pair.Second))
            {
                found.Add(operation);
                var parameter = Array.IndexOf(template, "{id}");
                id = parameter < 0 ? id : segments[parameter];
            }
        }

        return (found, id);
    }
}
