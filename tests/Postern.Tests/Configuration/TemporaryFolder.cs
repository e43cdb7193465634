using System.ComponentModel;
using System.Runtime.InteropServices;

namespace Postern.Tests.Configuration;

/// <summary>A directory of a test's own, gone after it.</summary>
internal sealed class TemporaryFolder : IDisposable
{
    public string Root { get; } = Directory.CreateTempSubdirectory("postern-").FullName;

    public string Of(string name) => Path.Combine(Root, name);

    public string Write(string name, string text)
    {
        File.WriteAllText(Of(name), text);
        return Of(name);
    }

    /// <summary>rename(2): File.Move follows a link to a directory, Directory.Move overwrites nothing.</summary>
    public void Swap(string link, string over)
    {
        if (Rename(Of(link), Of(over)) != 0)
        {
            throw new Win32Exception(Marshal.GetLastPInvokeError());
        }
    }

    public void Dispose() => Directory.Delete(Root, recursive: true);

    [DllImport("libc", EntryPoint = "rename", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Rename([MarshalAs(UnmanagedType.LPUTF8Str)] string from, [MarshalAs(UnmanagedType.LPUTF8Str)] string to);
}
