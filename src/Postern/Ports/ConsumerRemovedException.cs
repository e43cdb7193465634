namespace Postern.Ports;

/// <summary>The consumer on whose behalf something was to be stored was removed meanwhile: nothing of it was kept.</summary>
public sealed class ConsumerRemovedException(string consumer) : Exception($"The consumer {consumer} was removed.");
