using System.ComponentModel;
using System.Reflection;
using System.Runtime.CompilerServices;

namespace Gyre.Tests.Testing.Everywhere;

/// <summary>The methods of the library that return something to await, found by reflection.</summary>
internal static class PublicAwaitables
{
    /// <summary>As <c>Aio.Sleep&lt;T&gt;(TimeSpan, T)</c>; a member that extends a type goes by that type's
    /// name.</summary>
    public static IReadOnlyList<string> Names { get; } =
    [
        .. from type in typeof(Aio).Assembly.GetExportedTypes()
           where !type.IsSpecialName && type.GetCustomAttribute<EditorBrowsableAttribute>() is null
           from method in type.GetMethods(
               BindingFlags.Public | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly)
           where !method.IsSpecialName && !method.Name.StartsWith("get_", StringComparison.Ordinal)
               && method.GetCustomAttribute<EditorBrowsableAttribute>() is null
               && (method.GetBaseDefinition() == method || method.GetBaseDefinition().Module != type.Module)
               && IsAwaitable(method.ReturnType)
           let name = NameOf(method)
           orderby name
           select name,
    ];

    private static bool IsAwaitable(Type type) => type.GetMethod("GetAwaiter", Type.EmptyTypes) is not null;

    private static string NameOf(MethodInfo method)
    {
        Type[] parameters = [.. method.GetParameters().Select(parameter => parameter.ParameterType)];
        Type owner = method.DeclaringType!;
        if (method.IsDefined(typeof(ExtensionAttribute)))
        {
            (owner, parameters) = (parameters[0], parameters[1..]);
        }

        string generic = method.IsGenericMethod ? Arguments(method.GetGenericArguments()) : "";
        return $"{NameOf(owner)}.{method.Name}{generic}({string.Join(", ", parameters.Select(NameOf))})";
    }

    private static string NameOf(Type type) => Nullable.GetUnderlyingType(type) is { } value ? NameOf(value) + "?"
        : type.IsGenericType ? type.Name.Split('`')[0] + Arguments(type.GetGenericArguments())
        : type.Name;

    private static string Arguments(Type[] types) => $"<{string.Join(", ", types.Select(NameOf))}>";
}
