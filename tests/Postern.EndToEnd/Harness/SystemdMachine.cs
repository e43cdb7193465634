using Postern.Tests;

namespace Postern.EndToEnd.Harness;

/// <summary>
/// A real systemd as the first process of namespaces of its own, with the unit of <c>deploy/systemd</c> and nothing else to start. What it or the unit
/// writes stands in memory and ends with it; the network is that of this machine.
/// </summary>
internal sealed class SystemdMachine : IAsyncDisposable
{
    public const string Program = "/lib/systemd/systemd";

    private const string Boot =
        """
        set -e
        mount --make-rprivate /
        mount -t proc proc /proc
        mount -t tmpfs tmpfs "$MEMORY"
        cd "$MEMORY"
        mkdir -p etc work opt/postern
        mount -t overlay overlay -o "lowerdir=/etc,upperdir=$MEMORY/etc,workdir=$MEMORY/work" /etc
        mkdir /etc/postern
        cp "$CONFIGURATION" /etc/postern/postern.yaml
        cp "$SECRETS" /etc/postern/secrets.env
        mount --bind "$PROGRAM" opt/postern
        mount --rbind opt /opt
        mount -t tmpfs tmpfs /run
        mount -t tmpfs tmpfs /var/lib
        # Nothing of this machine is started: of all units there is ours, and the targets that every unit is ordered by.
        for folder in /lib/systemd/system /etc/systemd/system /lib/systemd/system-generators /etc/systemd/system-generators /lib/systemd/system-environment-generators; do
          test ! -d $folder || mount -t tmpfs tmpfs $folder
        done
        for target in sysinit basic network-online multi-user shutdown umount final; do
          printf '[Unit]\nDefaultDependencies=no\n' > /lib/systemd/system/$target.target
        done
        cp "$UNIT" /lib/systemd/system/postern.service
        # There is no journal to write to.
        mkdir /lib/systemd/system/postern.service.d
        printf '[Service]\nStandardOutput=append:/var/lib/postern.log\nStandardError=append:/var/lib/postern.log\n' > /lib/systemd/system/postern.service.d/log.conf
        exec /lib/systemd/systemd --system --unit=postern.service --log-target=console --show-status=no
        """;

    private readonly ChildProcess outer;
    private readonly string id;

    private SystemdMachine(ChildProcess outer, string id) => (this.outer, this.id) = (outer, id);

    /// <param name="configuration">The <c>/etc/postern/postern.yaml</c>.</param>
    /// <param name="secrets">The <c>/etc/postern/secrets.env</c>.</param>
    public static async Task<SystemdMachine> BootAsync(ScratchDirectory scratch, string configuration, string secrets)
    {
        var environment = new Dictionary<string, string>
        {
            ["MEMORY"] = Directory.CreateDirectory(scratch.File("memory")).FullName,
            ["CONFIGURATION"] = await scratch.WriteAsync("postern.yaml", configuration),
            ["SECRETS"] = await scratch.WriteAsync("secrets.env", secrets),
            ["PROGRAM"] = Path.GetDirectoryName(PosternProgram.File)!,
            ["UNIT"] = Repository.File("deploy/systemd/postern.service"),
            // It leaves the kernel's settings alone then.
            ["container"] = "test",
        };
        var outer = ChildProcess.Start(
            "unshare", ["--mount", "--pid", "--fork", "--kill-child", "--uts", "--ipc", "--cgroup", "sh", "-c", Boot], environment: environment);
        var id = "";
        await Eventually.TrueAsync(
            () => (id = File.ReadAllText($"/proc/{outer.Id}/task/{outer.Id}/children").Trim()).Length > 0, () => $"systemd is started; it printed:\n{outer.Log}");
        return new SystemdMachine(outer, id);
    }

    /// <summary>A property of the unit, as <c>systemctl show</c> has it.</summary>
    public async Task<string> ShowAsync(string property) => (await RunAsync("systemctl", "show", "postern.service", "--value", "--property", property)).Log.Trim();

    /// <summary>Waits until a property is so.</summary>
    public Task ReachAsync(string property, string value) => Eventually.TrueAsync(
        async () => await ShowAsync(property) == value, () => $"{property} is {value}; systemd printed:\n{outer.Log}\n{RunAsync("cat", "/var/lib/postern.log").Result.Log}");

    /// <summary>Runs a program in it, as root.</summary>
    public async Task<(int ExitCode, string Log)> RunAsync(params IEnumerable<string> command)
    {
        await using var process = ChildProcess.Start("nsenter", ["--target", id, "--all", .. command]);
        var exitCode = await process.WaitForExitAsync();
        return (exitCode, process.Log);
    }

    public ValueTask DisposeAsync() => outer.DisposeAsync();
}
