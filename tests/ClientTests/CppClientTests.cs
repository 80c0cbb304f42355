namespace Phenaki.ClientTests;

[Collection("one story at a time")]
public sealed class CppClientTests(ClientMesh services) : ClientContract(services, ClientLanguage.Cpp);
