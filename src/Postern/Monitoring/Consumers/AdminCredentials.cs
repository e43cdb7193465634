using System.ComponentModel;
using Microsoft.AspNetCore.Http;
using Postern.Configuration;
using Postern.Configuration.Values;
using Postern.Model.Access;
using Postern.Operations;
using Postern.Ports;

namespace Postern.Monitoring.Consumers;

/// <summary>Makes, rotates and removes the credentials of the consumers that are stored. A key is made here and shown once.</summary>
internal sealed class AdminCredentials(IStore store, LiveConfiguration live, AdminConsumers consumers, TimeProvider time) : IDisposable
{
    /// <summary>As many as the file may give to one.</summary>
    public const int Most = 20;

    private static readonly TimeSpan UsualOverlap = TimeSpan.FromHours(24);
    private static readonly TimeSpan LongestOverlap = TimeSpan.FromDays(30);

    // One change at a time: that a user name is free is looked up before the commit that takes it.
    private readonly SemaphoreSlim turn = new(1);

    public Task List(HttpContext context, string name, CallQuery query)
    {
        var (after, limit) = (query.Text("after"), query.Limit);
        query.ThrowIfInvalid();
        return context.Response.WriteAsync(200, Page.OfNames(consumers.Report(name).Credentials, credential => credential.Id, after, limit));
    }

    public async Task Add(HttpContext context, string name)
    {
        var request = await ConsumerBody.ReadAsync<NewCredential>(context);
        var now = time.GetUtcNow();
        NewCredentials.Check(request, now);
        consumers.RefuseOfFile(name);

        // A slow hash, some tenths of a second: before the turn is taken.
        var (credential, key) = request.Make(now);
        await ChangeAsync(name, consumer => With(consumer, credential), context.RequestAborted);
        context.Response.Headers.Location = $"/api/consumers/{name}/credentials/{credential.Id}";
        await context.Response.WriteAsync(201, MadeCredential.Of(credential, key));
    }

    public async Task Rotate(HttpContext context, string name, string id)
    {
        var request = await ConsumerBody.ReadAsync<CredentialRotation>(context);
        var overlap = request.Overlap is null ? UsualOverlap : Durations.Parse(request.Overlap) is { } given && given >= TimeSpan.Zero && given <= LongestOverlap
            ? given
            : throw Problems.Invalid("overlap", "must be a duration up to 30 days, like \"0s\", \"15m\", \"24h\" or \"7d\".");
        consumers.RefuseOfFile(name);
        var now = time.GetUtcNow();

        // Of either kind, as long as nobody has looked which it is. The hash is slow: before the turn is taken.
        var key = ApiKeyText.Create();
        var hash = request.Password is { } password ? Hash(password) : null;
        StoredCredential? made = null;
        await ChangeAsync(
            name,
            consumer =>
            {
                var old = Find(consumer, id);
                (var changed, made) = old.Kind switch
                {
                    CredentialKind.ApiKey => RotateKey(consumer, old, hash is null ? key : throw Problems.Invalid("password", "belongs to a user name: a key is made by the gateway."), overlap, now),
                    CredentialKind.Basic => RotatePassword(consumer, old, hash ?? throw Problems.Invalid("password", "is missing: give the new one."), overlap, now),
                    _ => throw Problems.Conflict("A public key is not rotated: add another credential, and remove this one when nobody uses it any more."),
                };
                return changed;
            },
            context.RequestAborted);
        context.Response.Headers.Location = $"/api/consumers/{name}/credentials/{made!.Id}";
        await context.Response.WriteAsync(200, MadeCredential.Of(made, made.Kind == CredentialKind.ApiKey ? key : null));
    }

    public async Task Remove(HttpContext context, string name, string id)
    {
        consumers.RefuseOfFile(name);
        await ChangeAsync(
            name,
            consumer =>
            {
                var removed = Find(consumer, id);
                return consumer with { Credentials = [.. consumer.Credentials.Where(other => other != removed)] };
            },
            context.RequestAborted);
        context.Response.StatusCode = 204;
    }

    public void Dispose() => turn.Dispose();

    private (StoredConsumer Changed, StoredCredential Made) RotateKey(StoredConsumer consumer, StoredCredential old, string key, TimeSpan overlap, DateTimeOffset now)
    {
        var until = now + overlap;
        var made = old with { Id = ApiKeyText.IdOf(key)!, Verifier = ApiKeyText.Digest(key), Created = now, Expires = null };
        var replaced = old with { Expires = old.Expires < until ? old.Expires : until };
        return (
            With(
                consumer with
                {
                    Credentials = [.. consumer.Credentials.Where(other => other != old && !(other.Expires <= now)), .. overlap > TimeSpan.Zero ? [replaced] : Array.Empty<StoredCredential>()],
                },
                made),
            made);
    }

    // A user name has one credential, which knows its last two passwords for a while.
    private static (StoredConsumer Changed, StoredCredential Made) RotatePassword(
        StoredConsumer consumer, StoredCredential old, string hash, TimeSpan overlap, DateTimeOffset now)
    {
        var until = old.Expires < now + overlap ? old.Expires.Value : now + overlap;
        var made = old with { Verifier = hash, Created = now, Expires = null, Replaced = until > now ? new ReplacedPassword(old.Verifier, until) : null };
        return (consumer with { Credentials = [.. consumer.Credentials.Select(other => other == old ? made : other)] }, made);
    }

    private static string Hash(string password) =>
        password.Length == 0 ? throw Problems.Invalid("password", "is missing: give the new one.")
        : Names.Password(password).Problem is { } problem ? throw Problems.Invalid("password", problem)
        : PasswordHash.Create(password).ToString();

    private async Task ChangeAsync(string name, Func<StoredConsumer, StoredConsumer> change, CancellationToken cancellation)
    {
        await turn.WaitAsync(cancellation);
        try
        {
            _ = await store.ChangeConsumerAsync(name, change, cancellation) ?? throw AdminConsumers.NoConsumer(name);
        }
        finally
        {
            turn.Release();
        }
    }

    private StoredConsumer With(StoredConsumer consumer, StoredCredential added)
    {
        if (consumer.Credentials.Any(other => other.Id == added.Id))
        {
            throw Problems.Conflict($"{consumer.Name} has a credential {added.Id} already.");
        }

        if (consumer.Credentials.Count >= Most)
        {
            throw Problems.Conflict($"{consumer.Name} has {Most} credentials: remove one first.");
        }

        if (added.Username is { } username && live.Current.Consumers.Any(other => other.Value.Credentials.OfType<CredentialConfiguration.Basic>().Any(basic => basic.Username == username)))
        {
            throw Problems.Conflict("This user name is taken: a credential belongs to one consumer.");
        }

        if (added.Kind == CredentialKind.HttpSignature)
        {
            RefuseTaken(StoredSignatureKey.Read(added));
        }

        return consumer with { Credentials = [.. consumer.Credentials, added] };
    }

    private void RefuseTaken(CredentialConfiguration.HttpSignature added)
    {
        foreach (var other in live.Current.Consumers.Values.SelectMany(consumer => consumer.Credentials).OfType<CredentialConfiguration.HttpSignature>())
        {
            if (other.KeyId == added.KeyId || other.KeyBytes.AsSpan().SequenceEqual(added.KeyBytes))
            {
                throw Problems.Conflict("This key, or its id, is taken: a credential belongs to one consumer.");
            }
        }
    }

    private static StoredCredential Find(StoredConsumer consumer, string id) =>
        consumer.Credentials.FirstOrDefault(credential => credential.Id == id) ?? throw Problems.NotFound($"{consumer.Name} has no credential {id}.");
}

[Description("How to rotate a credential; for a key the body may be left out.")]
internal sealed record CredentialRotation
{
    [Description("How long the replaced key or password goes on being taken: `0s` to `30d`; `24h` when left out. `0s` ends it at once, when it has leaked.")]
    public string? Overlap { get; init; }

    [Description("The new password, of `basic` alone. Only a slow hash of it is kept.")]
    public string? Password { get; init; }
}

[Description("A credential that was made.")]
internal sealed record MadeCredential
{
    [Description("Its name among those of the consumer. Of `http-signature` also what its signatures call the key (`keyid`).")]
    public required string Id { get; init; }

    [Description("Its kind: `basic`, `api-key`, `http-signature`.")]
    public required string Kind { get; init; }

    [Description("The key: send it in `X-API-Key`. Keep it, it is not shown again.")]
    public string? Key { get; init; }

    [Description("When it was made.")]
    public required DateTimeOffset Created { get; init; }

    [Description("From when on it is refused; missing: never.")]
    public DateTimeOffset? Expires { get; init; }

    public static MadeCredential Of(StoredCredential credential, string? key) => new()
    {
        Id = credential.Id, Kind = credential.Kind.Spelling(), Key = key, Created = credential.Created, Expires = credential.Expires,
    };
}
