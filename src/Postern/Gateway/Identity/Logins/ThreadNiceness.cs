using System.Runtime.InteropServices;

namespace Postern.Gateway.Identity.Logins;

/// <summary>What the system gives a thread when there is not enough for all (setpriority(2)). .NET's own thread priorities do nothing on Linux.</summary>
internal static class ThreadNiceness
{
    private const int Process = 0, CallingThread = 0;

    // About a tenth of what a thread gets that has none: behind all others, and still not starved.
    private const int Nice = 10;

    /// <summary>Makes the calling thread give way to the others for the rest of its life. A wish: where it cannot be had, all goes on as before.</summary>
    public static void GiveWay()
    {
        if (OperatingSystem.IsLinux())
        {
            _ = SetPriority(Process, CallingThread, Nice);
        }
    }

    [DllImport("libc", EntryPoint = "setpriority")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int SetPriority(int which, int who, int niceness);
}
