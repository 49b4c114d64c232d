{{- define "sympozium-web-proxy.component" -}}
web-proxy
{{- end }}
{{- define "sympozium-web-proxy.served" -}}
{{- .Values.servedNamespace | default .Release.Namespace -}}
{{- end }}
{{- define "sympozium-web-proxy.keySecret" -}}
{{- .Values.keys.existingSecret | default (printf "%s-keys" (include "sympozium-web-proxy.fullname" .)) -}}
{{- end }}
