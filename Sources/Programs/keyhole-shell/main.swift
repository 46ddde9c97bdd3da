import ForceCommand

ForceCommandProgram.run(arguments: CommandLine.arguments)
