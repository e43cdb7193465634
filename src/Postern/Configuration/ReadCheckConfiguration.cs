namespace Postern.Configuration;

/// <summary>How an API is asked whether a consumer may read what it would be called back with.</summary>
public sealed record ReadCheckConfiguration
{
    public ReadMethod Method { get; init; } = ReadMethod.Head;

    /// <summary>How long an answer counts: so long a consumer may still be sent what it may not read any more. 5 s to 10 min.</summary>
    public TimeSpan Cache { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>How long the API may take to answer. 100 ms to 30 s.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>What holds while the API does not say.</summary>
    public UnknownRead Unknown { get; init; } = UnknownRead.Later;
}

public enum ReadMethod
{
    Head = 0,
    Get = 1,
}

public enum UnknownRead
{
    /// <summary>To subscribe is a 503, a callback waits until the API says.</summary>
    Later = 0,

    /// <summary>As if it had said yes.</summary>
    Allow = 1,

    /// <summary>As if it had said no.</summary>
    Withhold = 2,
}
