using System.Globalization;
using System.Text.Json;

namespace Postern.Model.CloudEvents;

/// <summary>Reads the CloudEvents JSON format, one event or a batch. The data stays the very bytes that stand in the text.</summary>
internal static class JsonDecoder
{
    // The reader does not recurse, so depth costs bits; what it must bound is the depth our receivers have to read.
    private static readonly JsonReaderOptions Options = new() { MaxDepth = 512 };

    public static DecodedEvents DecodeOne(ReadOnlyMemory<byte> body, DateTimeOffset now)
    {
        var errors = new Dictionary<string, IReadOnlyList<string>>();
        return Guard(() =>
        {
            var text = WithoutMark(body);
            var reader = new Utf8JsonReader(text.Span, Options);
            reader.Read();
            if (reader.TokenType != JsonTokenType.StartObject)
            {
                return new DecodedEvents.Malformed("An event is a JSON object.");
            }

            var content = ReadEvent(ref reader, text, new EventDraft("", errors), now);
            reader.Read();
            return content is not null ? new DecodedEvents.Valid([content]) : new DecodedEvents.Invalid(errors);
        });
    }

    public static DecodedEvents DecodeBatch(ReadOnlyMemory<byte> body, DecodeLimits limits, DateTimeOffset now)
    {
        var errors = new Dictionary<string, IReadOnlyList<string>>();
        return Guard(() =>
        {
            var text = WithoutMark(body);
            var reader = new Utf8JsonReader(text.Span, Options);
            reader.Read();
            if (reader.TokenType != JsonTokenType.StartArray)
            {
                return new DecodedEvents.Malformed("A batch is a JSON array of events.");
            }

            var events = new List<EventContent>();
            for (var index = 0; reader.Read() && reader.TokenType != JsonTokenType.EndArray; index++)
            {
                if (index == DecodeLimits.BatchEvents)
                {
                    return new DecodedEvents.TooLarge($"A batch holds at most {DecodeLimits.BatchEvents} events.");
                }

                var draft = new EventDraft(string.Create(CultureInfo.InvariantCulture, $"[{index}]."), errors);
                if (reader.TokenType != JsonTokenType.StartObject)
                {
                    errors[string.Create(CultureInfo.InvariantCulture, $"[{index}]")] = ["is no event: an event is a JSON object."];
                    reader.Skip();
                    continue;
                }

                var start = reader.TokenStartIndex;
                if (ReadEvent(ref reader, text, draft, now) is { } content)
                {
                    events.Add(content);
                }

                if (reader.BytesConsumed - start > limits.EventBytes)
                {
                    return new DecodedEvents.TooLarge($"Event [{index}] of the batch is larger than {limits.EventBytes} bytes.");
                }
            }

            reader.Read();
            return errors.Count == 0 ? new DecodedEvents.Valid(events) : new DecodedEvents.Invalid(errors);
        });
    }

    /// <summary>From the start of an object to its end; null, with errors in the draft, when it is no valid event.</summary>
    private static EventContent? ReadEvent(ref Utf8JsonReader reader, ReadOnlyMemory<byte> text, EventDraft draft, DateTimeOffset now)
    {
        ReadOnlyMemory<byte>? json = null;
        byte[]? binary = null;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var name = ReadString(ref reader);
            reader.Read();
            switch (name)
            {
                case "data":
                    if (json is not null)
                    {
                        draft.Fail(name, "stands twice.");
                    }

                    json = ReadRaw(ref reader, text);
                    break;
                case "data_base64":
                    if (binary is not null)
                    {
                        draft.Fail(name, "stands twice.");
                    }

                    if (reader.TokenType == JsonTokenType.String && reader.TryGetBytesFromBase64(out var bytes))
                    {
                        binary = bytes;
                    }
                    else
                    {
                        draft.Fail(name, "is no string in base64.");
                        reader.Skip();
                    }

                    break;
                case null:
                    draft.Fail("attributes", "have a name that is no Unicode text.");
                    reader.Skip();
                    break;
                default:
                    ReadAttribute(ref reader, name, draft);
                    break;
            }
        }

        if (json is not null && binary is not null)
        {
            draft.Fail("data_base64", "stands beside 'data': send one of them.");
        }

        return draft.Build(binary ?? Data(json, draft), now);
    }

    private static void ReadAttribute(ref Utf8JsonReader reader, string name, EventDraft draft)
    {
        if (reader.TokenType == JsonTokenType.Null)
        {
            // JSON format §2.2: null is an attribute that is not there.
            return;
        }

        var core = name is "specversion" or "id" or "source" or "type" or "subject" or "time" or "datacontenttype" or "dataschema" or "audience";
        if (!draft.Claim(name))
        {
            reader.Skip();
            return;
        }

        switch (reader.TokenType)
        {
            case JsonTokenType.String when ReadString(ref reader) is { } value:
                draft.Set(name, value);
                break;
            case JsonTokenType.String:
                draft.Fail(name, "is no Unicode text: it has half a surrogate pair.");
                break;
            case JsonTokenType.True or JsonTokenType.False when !core:
                draft.Set(name, reader.TokenType == JsonTokenType.True ? "true" : "false");
                break;
            case JsonTokenType.Number when !core && reader.TryGetInt32(out var number):
                draft.Set(name, number.ToString(CultureInfo.InvariantCulture));
                break;
            default:
                draft.Fail(name, core ? "must be a string." : "must be a string, a boolean or an integer of 32 bits.");
                reader.Skip();
                break;
        }
    }

    /// <summary>JSON format §3.1: JSON as it stands; for another media type a JSON string stands for its characters.</summary>
    private static ReadOnlyMemory<byte> Data(ReadOnlyMemory<byte>? json, EventDraft draft)
    {
        if (json is not { } raw)
        {
            return default;
        }

        if (draft.DataContentType is not { } type)
        {
            draft.Set("datacontenttype", "application/json");
            return raw;
        }

        if (ContentType.IsJson(type) || raw.Span[0] != (byte)'"')
        {
            return raw;
        }

        var reader = new Utf8JsonReader(raw.Span);
        reader.Read();
        var bytes = new byte[raw.Length];
        try
        {
            return bytes.AsMemory(0, reader.CopyString(bytes));
        }
        catch (InvalidOperationException)
        {
            draft.Fail("data", "is no Unicode text.");
            return default;
        }
    }

    private static ReadOnlyMemory<byte> ReadRaw(ref Utf8JsonReader reader, ReadOnlyMemory<byte> text)
    {
        var start = (int)reader.TokenStartIndex;
        reader.Skip();
        return text[start..(int)reader.BytesConsumed];
    }

    /// <summary>Null when the bytes or escapes are no Unicode text: the reader tells that only when it is asked.</summary>
    private static string? ReadString(ref Utf8JsonReader reader)
    {
        try
        {
            return reader.GetString();
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }

    private static ReadOnlyMemory<byte> WithoutMark(ReadOnlyMemory<byte> body) =>
        body.Span.StartsWith("\uFEFF"u8) ? body[3..] : body;

    private static DecodedEvents Guard(Func<DecodedEvents> decode)
    {
        try
        {
            return decode();
        }
        catch (JsonException exception)
        {
            return new DecodedEvents.Malformed(string.Create(
                CultureInfo.InvariantCulture, $"The body is not JSON: line {exception.LineNumber + 1}, byte {exception.BytePositionInLine + 1}."));
        }
    }
}
