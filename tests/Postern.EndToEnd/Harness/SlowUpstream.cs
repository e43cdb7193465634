using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;

namespace Postern.EndToEnd.Harness;

/// <summary>An API that answers when it is told to.</summary>
internal sealed class SlowUpstream : IAsyncDisposable
{
    private readonly TaskCompletionSource answer = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly WebApplication application;
    private int waiting;

    private SlowUpstream(WebApplication application, string url) => (this.application, Url) = (application, url);

    public string Url { get; }

    public int Waiting => Volatile.Read(ref waiting);

    public static async Task<SlowUpstream> StartAsync()
    {
        var url = $"http://127.0.0.1:{FreePort.Next()}";
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseUrls(url);
        var upstream = new SlowUpstream(builder.Build(), url);
        upstream.application.Run(async context =>
        {
            Interlocked.Increment(ref upstream.waiting);
            await upstream.answer.Task;
            await context.Response.WriteAsync("late");
        });
        await upstream.application.StartAsync();
        return upstream;
    }

    public void Answer() => answer.TrySetResult();

    public async ValueTask DisposeAsync()
    {
        Answer();
        await application.DisposeAsync();
    }
}
