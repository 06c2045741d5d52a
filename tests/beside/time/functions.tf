terraform {
  required_providers {
    time = { source = "hashicorp/time" }
  }
}

locals {
  timestamps = [
    "2023-07-25T23:43:16Z", "2020-12-31T23:59:59.999Z", "2021-01-03T00:00:00+05:30", "1969-12-31T23:59:59-08:00",
    "0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z", "2024-02-29T12:00:00Z",
  ]
  durations = [
    "1h3m30.5s", "-1m1ns", "0", "250ms", "1.5h", "2540400h10m10s", "1us", "3h", "100ns", "-2562047h47m16.854775808s",
  ]
  seconds = [0, -1, 1690328596, 4102444800, -62135596800, 253402300799]
}
output "timestamps" { value = [for t in local.timestamps : provider::time::rfc3339_parse(t)] }
output "durations" { value = [for d in local.durations : provider::time::duration_parse(d)] }
output "seconds" { value = [for s in local.seconds : provider::time::unix_timestamp_parse(s)] }
# then
# refused
terraform {
  required_providers {
    time = { source = "hashicorp/time" }
  }
}

output "x" { value = provider::time::rfc3339_parse("yesterday") }
# then
# refused
terraform {
  required_providers {
    time = { source = "hashicorp/time" }
  }
}

output "x" { value = provider::time::duration_parse("1 hour") }
# then
# refused
terraform {
  required_providers {
    time = { source = "hashicorp/time" }
  }
}

output "x" { value = provider::time::unix_timestamp_parse(1.5) }
# then
# refused
terraform {
  required_providers {
    time = { source = "hashicorp/time" }
  }
}

output "x" { value = provider::time::rfc3339_parse(null) }
# then
# refused
terraform {
  required_providers {
    time = { source = "hashicorp/time" }
  }
}

output "x" { value = provider::time::nothing("") }
