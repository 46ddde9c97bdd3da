import Listener

ListenerCommand.runProgram()
