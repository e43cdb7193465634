namespace Postern.EndToEnd.Harness;

/// <summary>The files of a certificate, as an operator keeps them, and the authority that issued it.</summary>
internal sealed class TlsFiles : IDisposable
{
    private readonly ScratchDirectory directory = new();

    private TlsFiles()
    {
    }

    public TestAuthority Authority { get; } = new();

    public string CertificateFile => directory.File("cert.pem");

    public string KeyFile => directory.File("key.pem");

    /// <summary>The root that clients trust.</summary>
    public string RootFile => directory.File("root.pem");

    public static async Task<TlsFiles> CreateAsync()
    {
        var files = new TlsFiles();
        await files.directory.WriteAsync("root.pem", files.Authority.RootPem);
        await files.RenewAsync();
        return files;
    }

    /// <summary>Puts a new certificate in the place of the old one, a rename each as renewal programs do it; its thumbprint.</summary>
    public async Task<string> RenewAsync()
    {
        var renewed = Authority.Issue();
        File.Move(await directory.WriteAsync("new-cert.pem", renewed.Pem), CertificateFile, overwrite: true);
        File.Move(await directory.WriteAsync("new-key.pem", renewed.Key), KeyFile, overwrite: true);
        return renewed.Thumbprint;
    }

    /// <summary>For a client that trusts the authority and nobody else.</summary>
    public SocketsHttpHandler NewHandler() => new() { SslOptions = { CertificateChainPolicy = Authority.Trust() } };

    public void Dispose()
    {
        Authority.Dispose();
        directory.Dispose();
    }
}
