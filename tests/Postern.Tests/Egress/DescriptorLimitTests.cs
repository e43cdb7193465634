using Postern.Egress;

namespace Postern.Tests.Egress;

public sealed class DescriptorLimitTests
{
    [Theory]
    [InlineData("Max open files            1024                 524288               files     ", 153, 306)]
    [InlineData("Max open files            3                    3                    files     ", 1, 2)]
    [InlineData("Max open files            unlimited            unlimited            files     ", int.MaxValue, int.MaxValue)]
    [InlineData("Max processes             100                  100                  processes ", int.MaxValue, int.MaxValue)]
    public void Descriptors_are_shared_out_to_ports_and_callbacks(string line, int connections, int sockets)
    {
        var soft = DescriptorLimit.Soft(["Limit                     Soft Limit           Hard Limit           Units     ", line]);
        Assert.Equal((connections, sockets), (DescriptorLimit.Connections(soft), DescriptorLimit.Sockets(soft)));
    }
}
