using Microsoft.Extensions.DependencyInjection;
using Postern.Leading;
using Postern.Ports;

namespace Postern.Repair;

internal static class RepairRegistration
{
    /// <summary>Must stand behind the callbacks role: what a job owes again goes to the hub after the hub was rebuilt.</summary>
    public static IServiceCollection AddRepair(this IServiceCollection services) => services.AddLeaderService<RepairService>(Duty.Callbacks);
}
