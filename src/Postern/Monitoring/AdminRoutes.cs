using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Postern.Operations;

namespace Postern.Monitoring;

/// <summary>Finds the operation of a request: the table is short, a scan is enough.</summary>
/// <remarks>Not endpoint routing: within one application it would share its endpoints with the gateway port.</remarks>
internal static class AdminRoutes
{
    /// <summary>The operations at a path, whatever their method; the values of <c>{id}</c> and the like are in the route's, decoded.</summary>
    public static IReadOnlyList<Operation> Match(IReadOnlyList<Operation> all, PathString path, RouteValueDictionary values)
    {
        var segments = (path.Value ?? "").Split('/');
        List<Operation> found = [];
        foreach (var operation in all)
        {
            var template = operation.Path.Split('/');
            if (template.Length == segments.Length && template.Zip(segments).All(pair => pair.First is ['{', ..] ? pair.Second.Length > 0 : pair.First == pair.Second))
            {
                found.Add(operation);
                foreach (var (parameter, value) in template.Zip(segments).Where(pair => pair.First is ['{', ..]))
                {
                    values[parameter[1..^1]] = value;
                }
            }
        }

        return found;
    }
}
