namespace Postern.Egress.Reading;

/// <summary>What an API says about a consumer and a record.</summary>
internal enum ReadAnswer
{
    /// <summary>The consumer may read it.</summary>
    Yes,

    /// <summary>It may not, or there is no such record for it.</summary>
    No,

    /// <summary>The API did not say: it was not reached, was late, or answered something else.</summary>
    Unknown,
}
