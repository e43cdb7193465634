using System.Text;
using Postern.Samples.Receiver;

// Prints the callbacks that come, and whether they are genuine. The secret is in the answer to the subscription:
//   dotnet run --project samples/Receiver
//   curl http://127.0.0.1:8080/orders/subscribe --json '{"callback": "http://127.0.0.1:9000/orders"}'
//   dotnet run --project samples/Receiver -- /orders=whsec_…
var inbox = new Inbox();
foreach (var argument in args)
{
    if (argument.Split('=', 2) is not [['/', ..] path, var secret])
    {
        Console.Error.WriteLine($"'{argument}' is not PATH=SECRET, for example /orders=whsec_…");
        return 2;
    }

    inbox.Trust(path, secret);
}

const string Url = "http://127.0.0.1:9000";
await using var receiver = ReceiverApi.Build(Url, inbox, TimeProvider.System);
await receiver.StartAsync();
Console.WriteLine($"Waiting for callbacks at {Url}");
try
{
    await foreach (var receipt in inbox.Receipts.ReadAllAsync(receiver.Lifetime.ApplicationStopping))
    {
        var verdict = receipt.Fault is { } fault ? $"{receipt.Verdict}: {fault}" : receipt.Verdict.ToString();
        Console.WriteLine($"{receipt.Path}  {receipt["ce-type"]}  {receipt["webhook-id"]}  {verdict}");
        Console.WriteLine("  " + Encoding.UTF8.GetString(receipt.Body.Span));
    }
}
catch (OperationCanceledException)
{
    // Ctrl-C: the reading ends, and the receiver with it.
}

await receiver.StopAsync();
return 0;
