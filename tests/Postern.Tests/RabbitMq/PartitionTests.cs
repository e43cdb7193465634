using CsCheck;
using Postern.Model;
using Postern.RabbitMq;

namespace Postern.Tests.RabbitMq;

public sealed class PartitionTests
{
    // Written down: nodes of two versions must agree, or two of them would own one lane.
    [Theory]
    [InlineData("https://example.com:443", 12)]
    [InlineData("http://127.0.0.1:8080", 1)]
    public void An_endpoint_has_its_partition_for_good(string endpoint, int partition) => Assert.Equal(partition, Partition.Of(endpoint, 16));

    [Fact]
    public void Endpoints_are_spread_evenly()
    {
        var counts = Enumerable.Range(0, 16_000).Select(number => $"https://receiver-{number}.example:443")
            .GroupBy(endpoint => Partition.Of(endpoint, 16)).Select(partition => partition.Count()).ToList();

        Assert.Equal(16, counts.Count);
        Assert.All(counts, static count => Assert.InRange(count, 850, 1_150));
    }

    [Fact]
    public void A_message_says_what_was_put_into_it()
    {
        var callback = Gen.Select(Gen.Long, Gen.Long, Gen.Long, Gen.Int, Gen.Long, Gen.Long, static (id, @event, subscription, attempts, since, order) =>
            new DueCallback(id, @event, subscription, attempts) { Since = since, Order = order });

        Gen.Select(callback.Array[0, 20], Gen.Bool).Sample((callbacks, again) =>
        {
            var read = CallbackMessage.Read(CallbackMessage.Write(callbacks, again));
            Assert.Equal(callbacks, read!.Value.Callbacks);
            Assert.Equal(again, read.Value.Again);
        });
    }

    [Theory]
    [InlineData("")]
    [InlineData("01")]
    [InlineData("0200")]
    [InlineData("010000")]
    public void What_is_no_message_of_ours_is_known(string body) => Assert.Null(CallbackMessage.Read(Convert.FromHexString(body)));
}
