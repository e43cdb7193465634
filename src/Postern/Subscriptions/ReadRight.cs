using Postern.Configuration;
using Postern.Egress.Reading;
using Postern.Model;
using Postern.Operations;

namespace Postern.Subscriptions;

/// <summary>Whether a consumer may subscribe to what it wants, by the word of the API.</summary>
internal sealed class ReadRight(ReadCheck reads)
{
    /// <summary>403 when the API does not let the consumer read it; 503 when it does not say, and that is not to count as a yes or a no.</summary>
    public async Task RequireAsync(GatewayCall call, Consumer consumer)
    {
        if (ReadTarget.Of(call.Configuration, consumer.Name, call.Resource, call.Key) is not { } target)
        {
            return;
        }

        switch (await reads.AskAsync(target, patience: null), target.Api.ReadCheck!.Unknown)
        {
            case (ReadAnswer.Yes, _) or (ReadAnswer.Unknown, UnknownRead.Allow):
                return;
            case (ReadAnswer.Unknown, UnknownRead.Later):
                throw Problems.Unavailable("The API did not say whether you may read what you subscribe to: try again.");
            default:
                throw Problems.Forbidden("The API does not let you read what you subscribe to: who may not read it is not told of its changes.");
        }
    }
}
