using Postern.RabbitMq;

namespace Postern.Tests.RabbitMq;

public sealed class QueueRepairTests
{
    private readonly QueueRepair repair = new();

    [Fact]
    public void A_queue_that_was_silent_twice_running_is_made_anew()
    {
        repair.Failed(["one", "other"]);
        Assert.Empty(repair.Due);

        repair.Failed(["one"]);

        Assert.Equal(["one"], repair.Due);
    }

    [Fact]
    public void One_that_stays_silent_gets_another_try_before_it_is_made_anew_again()
    {
        repair.Failed(["one"]);
        repair.Failed(["one"]);

        repair.Failed(["one"]);
        Assert.Empty(repair.Due);

        repair.Failed(["one"]);
        Assert.Equal(["one"], repair.Due);
    }

    [Fact]
    public void A_session_that_opens_forgets_what_was_before()
    {
        repair.Failed(["one"]);
        repair.Succeeded();
        repair.Failed(["one"]);

        Assert.Empty(repair.Due);
    }
}
