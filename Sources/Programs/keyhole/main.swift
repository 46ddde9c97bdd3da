import Administration

KeyholeCommand.runProgram()
