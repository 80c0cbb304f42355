using Phenaki.Fuzzing;

return await FuzzCommand.Create().Parse(args).InvokeAsync();
