namespace Postern.Gateway.Identity.Jwt;

/// <summary>Gets a small document from an address; throws an <see cref="IOException"/> or <see cref="HttpRequestException"/> when it cannot.</summary>
internal delegate Task<string> FetchDocument(Uri address, CancellationToken cancellation);
