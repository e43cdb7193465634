using Postern.Model.Access;
using Postern.Ports;

namespace Postern.Configuration;

/// <summary>Puts the consumers that are stored beside those of the file, in the same form: whoever asks who may call looks in one place.</summary>
internal static class StoredConsumerConfiguration
{
    /// <summary>The file has the last word: a name that it defines is its own, and a user name or the id of a key that it gives away is not shared.</summary>
    public static PosternConfiguration Join(PosternConfiguration file, StoredConsumers stored)
    {
        if (!stored.WereAny)
        {
            return file;
        }

        var taken = file.Consumers.Values.SelectMany(consumer => consumer.Credentials)
            .Where(credential => credential is CredentialConfiguration.Basic or CredentialConfiguration.HttpSignature)
            .Select(credential => (credential.Kind, credential.OwnId)).ToHashSet();
        var all = stored.All.ToDictionary(consumer => consumer.Name, consumer => Of(consumer, taken), StringComparer.Ordinal);
        foreach (var (name, consumer) in file.Consumers)
        {
            all[name] = consumer;
        }

        return file with { Consumers = all, WereConsumersStored = true };
    }

    private static ConsumerConfiguration Of(StoredConsumer consumer, HashSet<(CredentialKind, string?)> taken) => new()
    {
        Scopes = consumer.Scopes is { } scopes ? Read(scopes) : Scopes.Usual,
        Operator = consumer.Operator,
        StoredSince = consumer.Created,
        Credentials = [.. consumer.Credentials.Select(Of).Where(credential => !taken.Contains((credential.Kind, credential.OwnId)))],
    };

    private static CredentialConfiguration Of(StoredCredential credential)
    {
        CredentialConfiguration made = credential.Kind switch
        {
            CredentialKind.ApiKey => new CredentialConfiguration.ApiKey(Key: null) { Digest = credential.Verifier },
            CredentialKind.Basic => new CredentialConfiguration.Basic(credential.Username!, Password: null)
            {
                Hash = ReadHash(credential.Verifier),
                Replaced = credential.Replaced is { } replaced ? new(ReadHash(replaced.Verifier), replaced.Until) : null,
            },
            CredentialKind.HttpSignature => StoredSignatureKey.Read(credential),
            _ => throw new InvalidOperationException($"Credentials of kind {credential.Kind.Spelling()} are not stored."),
        };
        return made with { Id = credential.Id, Expires = credential.Expires, Scopes = credential.Scopes is { } scopes ? Read(scopes) : null };
    }

    private static PasswordHash ReadHash(string text) =>
        PasswordHash.TryParse(text, out var hash, out var problem) ? hash : throw new FormatException($"The stored hash of a password {problem}");

    // They were checked when they were taken; what a later version knows no more allows nothing.
    private static Scopes Read(IReadOnlyList<string> texts) =>
        new([.. texts.Select(text => Scope.TryParse(text, out var scope) ? scope : null).OfType<Scope>()]);
}
