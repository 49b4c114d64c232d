module sympozium.ai/real-node/pause

go 1.26.0
