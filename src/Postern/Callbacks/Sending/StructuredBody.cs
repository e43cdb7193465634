using System.Buffers;
using System.Globalization;
using System.Text.Json;
using System.Text.Unicode;
using Postern.Model;

namespace Postern.Callbacks.Sending;

/// <summary>The whole event as <c>application/cloudevents+json</c> (CloudEvents JSON format 1.0); JSON data stands in it byte for byte.</summary>
internal static class StructuredBody
{
    public const string MediaType = "application/cloudevents+json";

    private const int MaxDepth = 1000;

    public static ReadOnlyMemory<byte> Write(Event @event)
    {
        var content = @event.Content;
        var buffer = new ArrayBufferWriter<byte>(content.Data.Length + 512);
        using var json = new Utf8JsonWriter(buffer, new JsonWriterOptions { SkipValidation = true });

        json.WriteStartObject();
        json.WriteString("specversion", "1.0");
        json.WriteString("id", content.ProducerId ?? @event.Id);
        json.WriteString("source", content.Source);
        json.WriteString("type", content.Type);
        WriteOptional(json, "subject", content.Subject);
        json.WriteString("time", CallbackHeaders.Time(content.Time));
        WriteOptional(json, "datacontenttype", content.DataContentType);
        WriteOptional(json, "dataschema", content.DataSchema);
        foreach (var (name, value) in content.Extensions ?? CallbackHeaders.NoExtensions)
        {
            if (CallbackHeaders.IsSent(name))
            {
                json.WriteString(name, value);
            }
        }

        WriteData(json, content);
        json.WriteEndObject();
        json.Flush();
        return buffer.WrittenMemory;
    }

    private static void WriteData(Utf8JsonWriter json, EventContent content)
    {
        var data = content.Data.Span;
        if (data.IsEmpty)
        {
            return;
        }

        if (IsJsonType(content.DataContentType) && IsJson(data))
        {
            json.WritePropertyName("data");
            json.WriteRawValue(data, skipInputValidation: true);
        }
        else
        {
            json.WriteBase64String("data_base64", data);
        }
    }

    // §3.1: without a datacontenttype, data is JSON.
    internal static bool IsJsonType(string? mediaType)
    {
        if (mediaType is null)
        {
            return true;
        }

        var type = mediaType.AsSpan();
        var parameters = type.IndexOf(';');
        type = (parameters < 0 ? type : type[..parameters]).Trim();
        return type.EndsWith("/json", StringComparison.OrdinalIgnoreCase) || type.EndsWith("+json", StringComparison.OrdinalIgnoreCase);
    }

    // What calls itself JSON and is not (a byte order mark, two values, broken UTF-8) would break the whole envelope.
    private static bool IsJson(ReadOnlySpan<byte> data)
    {
        if (!Utf8.IsValid(data))
        {
            return false;
        }

        try
        {
            var reader = new Utf8JsonReader(data, new JsonReaderOptions { MaxDepth = MaxDepth });
            while (reader.Read())
            {
            }

            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private static void WriteOptional(Utf8JsonWriter json, string name, string? value)
    {
        if (value is not null)
        {
            json.WriteString(name, value);
        }
    }
}
