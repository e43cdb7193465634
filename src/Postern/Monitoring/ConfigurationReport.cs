using System.ComponentModel;
using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Postern.Configuration;
using Postern.Configuration.Shapes;
using Postern.Configuration.Values;
using Postern.Model.Access;
using Postern.Operations;

namespace Postern.Monitoring;

[Description("What runs, and the change that was refused last.")]
internal sealed record ConfigurationReport
{
    [Description("The configuration that runs, with its defaults, named as in `postern.yaml`; every secret is masked as `***`.")]
    public required JsonObject Running { get; init; }

    [Description("The last change that was refused; missing when the last one was taken.")]
    public RejectedReload? LastRejected { get; init; }

    public static ConfigurationReport Of(LiveConfiguration live) => new()
    {
        Running = RunningOf(live.Current),
        LastRejected = live.LastRejected is { } rejected ? RejectedReload.Of(rejected) : null,
    };

    // Durations, sizes and choices as the file writes them: what is shown can be pasted there.
    private static readonly JsonSerializerOptions AsInFile = MakeOptions();

    private static JsonSerializerOptions MakeOptions()
    {
        var options = new JsonSerializerOptions(Json.Options);
        options.Converters.Insert(0, new JsonStringEnumConverter(JsonNamingPolicy.KebabCaseLower));
        options.Converters.Add(new Written<TimeSpan>(Durations.Show));
        options.Converters.Add(new Written<long>(Sizes.Show));
        options.Converters.Add(new Written<Rate>(rate => rate.ToString()));
        options.Converters.Add(new Written<IPNetwork>(network => network.ToString()));
        return options;
    }

    /// <summary>The configuration as the file writes it, with every secret masked.</summary>
    public static JsonObject RunningOf(PosternConfiguration configuration)
    {
        var shown = configuration with
        {
            Store = Mask.Password(configuration.Store),
            Hub = configuration.Hub with
            {
                Url = [.. configuration.Hub.Url.Select(Mask.Password)], Password = Mask.Secret(configuration.Hub.Password),
                Certificate = configuration.Hub.Certificate is { } certificate ? Masked(certificate) : null,
            },
            Gateway = configuration.Gateway with { Certificate = [.. configuration.Gateway.Certificate.Select(Masked)] },
            Admin = configuration.Admin with
            {
                Token = Mask.Secret(configuration.Admin.Token), Certificate = [.. configuration.Admin.Certificate.Select(Masked)],
            },
            Egress = configuration.Egress with
            {
                Proxy = configuration.Egress.Proxy is { } proxy ? Mask.Password(proxy) : null,
                Listener = configuration.Egress.Listener is { } listener ? listener with { Certificate = Masked(listener.Certificate) } : null,
                Gateway = configuration.Egress.Gateway is { } gateway ? gateway with { Certificate = Masked(gateway.Certificate) } : null,
            },
            Secrets = configuration.Secrets with
            {
                Key = Mask.Secret(configuration.Secrets.Key), Keys = [.. configuration.Secrets.Keys.Select(key => key with { Key = Mask.Text })],
            },
            Apis = configuration.Apis.ToDictionary(
                api => api.Key, api => api.Value with { Upstream = [.. api.Value.Upstream.Select(Mask.Password)] }, StringComparer.Ordinal),
            Identity = configuration.Identity with
            {
                Issuers = configuration.Identity.Issuers.ToDictionary(
                    issuer => issuer.Key, issuer => issuer.Value with { Keys = issuer.Value.Keys with { Secret = Mask.Secret(issuer.Value.Keys.Secret) } }, StringComparer.Ordinal),
            },
            Consumers = new Dictionary<string, ConsumerConfiguration>(),
        };

        var json = JsonSerializer.SerializeToNode(shown, AsInFile)!.AsObject();
        if (configuration.Hub.IsEmbedded)
        {
            json["hub"] = HubConfiguration.Embedded;
        }

        // Left out they would mean the default.
        Say(configuration.Callbacks.DisableAfter, json["callbacks"]!, "disableAfter");
        Say(configuration.Gateway.StrictTransportSecurity.MaxAge, json["gateway"]!["strictTransportSecurity"]!, "maxAge");
        Say(configuration.Admin.StrictTransportSecurity.MaxAge, json["admin"]!["strictTransportSecurity"]!, "maxAge");

        // A closed set of credentials without serialiser attributes: written by hand, so that a new kind cannot leak.
        json["consumers"] = new JsonObject(configuration.Consumers
            .OrderBy(consumer => consumer.Key, StringComparer.Ordinal)
            .Select(consumer => KeyValuePair.Create(consumer.Key, (JsonNode?)Consumer(consumer.Value))));
        return json;
    }

    private static void Say(TimeSpan? duration, JsonNode to, string key)
    {
        if (duration is null)
        {
            to[key] = Scalars.Never;
        }
    }

    private static CertificateConfiguration Masked(CertificateConfiguration certificate) =>
        certificate with { Password = Mask.Secret(certificate.Password) };

    private static JsonObject Consumer(ConsumerConfiguration consumer) => new()
    {
        ["credentials"] = new JsonArray([.. consumer.Credentials.Select(Credential)]),
        ["scopes"] = Scopes(consumer.Scopes),
        ["operator"] = consumer.Operator,
        ["limits"] = JsonSerializer.SerializeToNode(consumer.Limits, AsInFile),
    };

    private static JsonObject Credential(CredentialConfiguration credential)
    {
        var json = new JsonObject { ["type"] = credential.Kind.Spelling() };
        switch (credential)
        {
            case CredentialConfiguration.Basic basic:
                json["username"] = basic.Username;
                json[basic.Hash is null ? "password" : "hash"] = Mask.Text;
                break;
            case CredentialConfiguration.ApiKey key:
                json[key.Digest is null ? "key" : "digest"] = Mask.Text;
                break;
            case CredentialConfiguration.Jwt jwt:
                json["issuer"] = jwt.Issuer;
                json["claims"] = JsonSerializer.SerializeToNode(jwt.Claims, AsInFile);
                break;
            case CredentialConfiguration.Mtls { Thumbprint: { } thumbprint }:
                json["thumbprint"] = thumbprint;
                break;
            case CredentialConfiguration.Mtls mtls:
                json["subjectAlternativeName"] = mtls.SubjectAlternativeName;
                break;
            case CredentialConfiguration.WebhookSignature:
                json["secret"] = Mask.Text;
                break;
            case CredentialConfiguration.HttpSignature signature:
                json["keyId"] = signature.KeyId;
                json["algorithm"] = signature.Algorithm;
                json[signature.Secret is null ? "publicKey" : "secret"] = signature.Secret is null ? signature.PublicKey : Mask.Text;
                json["tag"] = signature.Tag;
                json["covers"] = JsonSerializer.SerializeToNode(signature.Covers, AsInFile);
                json["tolerance"] = Durations.Show(signature.Tolerance);
                break;
        }

        if (credential.Id is { } id)
        {
            json["id"] = id;
        }

        if (credential.Expires is { } expires)
        {
            json["expires"] = expires;
        }

        if (credential.Scopes is { } scopes)
        {
            json["scopes"] = Scopes(scopes);
        }

        return json;
    }

    private static JsonArray Scopes(Scopes scopes) => new([.. scopes.All.Select(static scope => (JsonNode)scope.ToString())]);
}

/// <summary>A kind of value in the words of the file; only ever written.</summary>
internal sealed class Written<T>(Func<T, string> show) : JsonConverter<T>
{
    public override T Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => throw new NotSupportedException();

    public override void Write(Utf8JsonWriter writer, T value, JsonSerializerOptions options) => writer.WriteStringValue(show(value));
}

[Description("A change of the configuration that was refused.")]
internal sealed record RejectedReload
{
    [Description("When it was refused.")]
    public required DateTimeOffset At { get; init; }

    [Description("Every mistake in it.")]
    public required IReadOnlyList<RejectedReason> Errors { get; init; }

    public static RejectedReload Of(RejectedConfiguration rejected) =>
        new() { At = rejected.At, Errors = [.. rejected.Errors.Select(RejectedReason.Of)] };
}

[Description("One mistake in the configuration.")]
internal sealed record RejectedReason
{
    [Description("Where in the document: `apis.shop.upstream`.")]
    public required string Path { get; init; }

    [Description("What is wrong and what to do.")]
    public required string Message { get; init; }

    [Description("Line in the file, from 1; missing when it did not come from the file.")]
    public int? Line { get; init; }

    [Description("The file, or `environment variable NAME`, or `command line`.")]
    public required string Origin { get; init; }

    public static RejectedReason Of(ConfigurationError error) =>
        new() { Path = error.Path, Message = error.Message, Line = error.Line, Origin = error.Origin };
}
