using Postern.Gateway;

namespace Postern.Tests.Gateway;

public sealed class DescriptorLimitTests
{
    [Theory]
    [InlineData("Max open files            1024                 524288               files     ", 153)]
    [InlineData("Max open files            3                    3                    files     ", 1)]
    [InlineData("Max open files            unlimited            unlimited            files     ", int.MaxValue)]
    [InlineData("Max processes             100                  100                  processes ", int.MaxValue)]
    public void Connections_leave_descriptors_for_callbacks_and_the_store(string line, int expected) =>
        Assert.Equal(expected, DescriptorLimit.Connections(["Limit                     Soft Limit           Hard Limit           Units     ", line]));
}
