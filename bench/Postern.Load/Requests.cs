using System.Globalization;
using System.Text;

namespace Postern.Load;

/// <summary>The requests of the load, made before the clock starts.</summary>
internal static class Requests
{
    /// <summary>A JSON body of a given size.</summary>
    public static byte[] Body(int bytes)
    {
        var text = new StringBuilder("{\"id\":42,\"status\":\"paid\",\"total\":12.50,\"note\":\"");
        text.Append('x', bytes - text.Length - 2).Append("\"}");
        return Encoding.ASCII.GetBytes(text.ToString());
    }

    /// <summary>A published event in binary mode; a unique id each.</summary>
    public static byte[] Publish(string run, long number, byte[] body, string source = "/orders")
    {
        var head = string.Create(CultureInfo.InvariantCulture,
            $"POST /events HTTP/1.1\r\nHost: 127.0.0.1\r\nce-specversion: 1.0\r\nce-id: {run}-{number}\r\nce-source: {source}\r\nce-type: orders.updated\r\nce-subject: 42\r\nContent-Type: application/json\r\nContent-Length: {body.Length}\r\n\r\n");
        return [.. Encoding.ASCII.GetBytes(head), .. body];
    }

    /// <param name="fields">Further header fields, each with its end of line.</param>
    public static byte[] Get(string path, string fields = "") => Encoding.ASCII.GetBytes($"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n{fields}\r\n");

    public static byte[] Post(string path, byte[] body) =>
    [
        .. Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture,
            $"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nContent-Length: {body.Length}\r\n\r\n")),
        .. body,
    ];
}
