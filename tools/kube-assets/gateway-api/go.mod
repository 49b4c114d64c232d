// The Gateway API's CRDs for tests: this file pins their version, go.sum what they consist of. Nothing is compiled.
module sympozium.ai/gateway-api

go 1.26.0

require sigs.k8s.io/gateway-api v1.6.3
