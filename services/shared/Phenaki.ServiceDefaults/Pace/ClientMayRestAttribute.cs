namespace Phenaki.ServiceDefaults.Pace;

/// <summary>Marks a method whose client, once it has sent its first message, may say nothing for as long as it likes: something else bounds the call.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class ClientMayRestAttribute : Attribute;
