import Broker

BrokerCommand.main()
