# An agent that does no work: what is left is the cost of everything around it.
printf '{"v":1,"status":"ok","finishReason":"stop","text":"ok"}' > "$SYMPOZIUM_RESULT"
