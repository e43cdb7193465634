using System.Text.Json;
using System.Text.Json.Serialization;

namespace Postern.Server.CrashTest;

/// <summary>What a run found; written as JSON for machines, printed for people.</summary>
internal sealed record CrashTestResult
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) },
    };

    public required bool Held { get; init; }
    public required int Seed { get; init; }
    public required double Seconds { get; init; }
    public required int Kills { get; init; }
    public required int KillsDuringRecovery { get; init; }

    /// <summary>The crash point at which the node said that it ended.</summary>
    public string? CrashPoint { get; init; }

    public required LedgerTotals Ledger { get; init; }
    public required long Polls { get; init; }

    /// <summary>Milliseconds from the start of the process.</summary>
    public Recovery? Ready { get; init; }

    /// <inheritdoc cref="Ready"/>
    public Recovery? FirstDelivery { get; init; }

    public required bool OrderChecked { get; init; }

    /// <summary>The checker's own memory at its peak, in MiB.</summary>
    public required long CheckerMemory { get; init; }

    public required IReadOnlyList<FoundViolation> Violations { get; init; }

    public string ToJson() => JsonSerializer.Serialize(this, Json);
}

internal sealed record FoundViolation(ViolationKind Kind, long Count, IReadOnlyList<string> First);
