import Broker

BrokerCommand.runProgram()
