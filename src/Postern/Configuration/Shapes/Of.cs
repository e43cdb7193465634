namespace Postern.Configuration.Shapes;

/// <summary>Makes the keys of one mapping without naming its type each time.</summary>
internal static class Of<TOwner>
{
    public static Key<TOwner, T> Key<T>(
        string name, string description, Shape<T> shape, Func<TOwner, T, TOwner> set, Func<TOwner, T>? get = null) =>
        new(name, description, shape, set, get);

    public static Key<TOwner, T> Required<T>(string name, string description, Shape<T> shape, Func<TOwner, T, TOwner> set) =>
        new(name, description, shape, set) { Required = true };
}
