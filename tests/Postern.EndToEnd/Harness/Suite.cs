// Each scenario starts processes of its own and loads the machine: one after the other, so that none disturbs another.
[assembly: Xunit.v3.Parallelization(Mode = Xunit.Sdk.ParallelMode.None)]
