namespace Postern.Tests.RabbitMq;

/// <summary>The tests of the hub over RabbitMQ share a broker and run one after the other: some of them kill it.</summary>
[CollectionDefinition(nameof(RabbitMqCollection))]
public sealed class RabbitMqCollection : ICollectionFixture<RabbitMqFixture>;
