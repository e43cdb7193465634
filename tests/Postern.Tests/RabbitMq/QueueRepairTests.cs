using Postern.RabbitMq;

namespace Postern.Tests.RabbitMq;

public sealed class QueueRepairTests
{
    private readonly QueueRepair repair = new();

    [Fact]
    public void A_queue_that_was_silent_twice_running_is_made_anew_once()
    {
        repair.Failed(["one", "other"]);
        Assert.Empty(repair.TakeDue());

        repair.Failed(["one"]);

        Assert.Equal(["one"], repair.TakeDue());
        Assert.Empty(repair.TakeDue());
    }

    [Fact]
    public void One_that_stays_silent_gets_two_more_tries_before_it_is_made_anew_again()
    {
        repair.Failed(["one"]);
        repair.Failed(["one"]);
        repair.TakeDue();

        repair.Failed(["one"]);
        Assert.Empty(repair.TakeDue());

        repair.Failed(["one"]);
        Assert.Equal(["one"], repair.TakeDue());
    }

    [Fact]
    public void A_session_that_opens_forgets_what_was_before()
    {
        repair.Failed(["one"]);
        repair.Succeeded();
        repair.Failed(["one"]);

        Assert.Empty(repair.TakeDue());
    }
}
