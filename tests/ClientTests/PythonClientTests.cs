namespace Phenaki.ClientTests;

[Collection("one story at a time")]
public sealed class PythonClientTests(ClientMesh services) : ClientContract(services, ClientLanguage.Python);
