{{- define "sympozium.component" -}}
operator
{{- end }}
{{- define "sympozium.agentImage" -}}
{{- .Values.agentImage | default (printf "%ssympozium/agent-runner:%s" (include "sympozium.registry" .) .Chart.AppVersion) -}}
{{- end }}
{{- define "sympozium.webProxyImage" -}}
{{- .Values.webProxyImage | default (printf "%ssympozium/web-proxy:%s" (include "sympozium.registry" .) .Chart.AppVersion) -}}
{{- end }}
