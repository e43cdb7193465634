using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Toolchains.InProcess.Emit;

namespace Postern.Benchmarks;

/// <summary>Three warm-ups and three measurements in this process: seconds for each benchmark, and what is set up is shared.</summary>
internal sealed class ShortInProcess : ManualConfig
{
    // Forcing a collection around each iteration would walk the million subscriptions forty times for each benchmark.
    public ShortInProcess() => AddJob(Job.ShortRun.WithToolchain(InProcessEmitToolchain.Instance).WithGcForce(false));
}
