namespace Postern.Server.CrashTest;

/// <summary>What the receiver keeps of one subscription.</summary>
/// <param name="isCounted">It stays until the end and is owed what it wants: its deliveries are part of the balance.</param>
internal sealed class ReceivingSubscription(byte[] key, bool isCounted)
{
    private readonly Lock gate = new();
    private readonly NumberSet seen = new();
    private readonly NumberSet delivered = new();

    public byte[] Key => key;

    public bool IsCounted => isCounted;

    public string? LastId { get; private set; }

    public long Delivered
    {
        get
        {
            lock (gate)
            {
                return delivered.Count;
            }
        }
    }

    /// <summary>True at the first time.</summary>
    public bool See(uint number)
    {
        lock (gate)
        {
            return seen.Add(number);
        }
    }

    public void Deliver(uint number, string id)
    {
        lock (gate)
        {
            delivered.Add(number);
            LastId = id;
        }
    }
}
