using Postern.Egress.Tls;

namespace Postern.Configuration;

/// <summary>What hands due callbacks to the workers.</summary>
public sealed record HubConfiguration
{
    /// <summary>The hub inside the process.</summary>
    public const string Embedded = "embedded";

    /// <summary>
    /// <c>embedded</c>; or the nodes of one RabbitMQ, <c>amqps://user:password@host:5671/vhost</c>, of which any one is dialled. All of one
    /// scheme and virtual host. At most 20.
    /// </summary>
    public IReadOnlyList<string> Url { get; init; } = [Embedded];

    /// <summary>Who Postern is at the broker, where <see cref="Url"/> does not say it.</summary>
    public string? Username { get; init; }

    public string? Password { get; init; }

    /// <summary>File with certificates of authorities in PEM that the broker's may come from, beside the system's; null: none.</summary>
    public string? Ca { get; init; }

    /// <summary>What Postern proves itself with to a broker that asks for a certificate; null: none.</summary>
    public CertificateConfiguration? Certificate { get; init; }

    /// <summary>What the names of its queues begin with: two installations on one virtual host need two.</summary>
    public string Queues { get; init; } = "postern.callbacks";

    /// <summary>Queues that the endpoints are spread over; each is consumed by one node at a time. The same on all nodes. 1 to 256.</summary>
    public int Partitions { get; init; } = 16;

    /// <summary>What was read from <see cref="Ca"/>.</summary>
    internal AuthoritySet? Authorities { get; init; }

    internal bool IsEmbedded => Url is [Embedded];

    internal bool IsSameAs(HubConfiguration other) =>
        Url.SequenceEqual(other.Url) && (Username, Password, Ca, Queues, Partitions) == (other.Username, other.Password, other.Ca, other.Queues, other.Partitions)
        && (Certificate?.Path, Certificate?.Key, Certificate?.Password) == (other.Certificate?.Path, other.Certificate?.Key, other.Certificate?.Password);
}
