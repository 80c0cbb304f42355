namespace Phenaki.ClientTests;

[Collection("one story at a time")]
public sealed class NodeClientTests(ClientMesh services) : ClientContract(services, ClientLanguage.Node);
