terraform {
  required_providers {
    time = { source = "hashicorp/time" }
  }
}

resource "time_offset" "each" {
  for_each = {
    days    = { offset_days = 20 }
    months  = { offset_months = 1 }
    years   = { offset_years = -1 }
    hours   = { offset_hours = -30 }
    minutes = { offset_minutes = 90 }
    seconds = { offset_seconds = 86400 }
    all = {
      offset_days = 1, offset_months = 1, offset_years = 1, offset_hours = 1, offset_minutes = 1, offset_seconds = 1
    }
    zero = { offset_days = 0 }
  }
  base_rfc3339   = "2020-01-31T06:36:13Z"
  offset_days    = try(each.value.offset_days, null)
  offset_months  = try(each.value.offset_months, null)
  offset_years   = try(each.value.offset_years, null)
  offset_hours   = try(each.value.offset_hours, null)
  offset_minutes = try(each.value.offset_minutes, null)
  offset_seconds = try(each.value.offset_seconds, null)
}
resource "time_offset" "changed" {
  base_rfc3339 = "2020-02-29T23:36:13+02:00"
  offset_years = 1
}
resource "time_offset" "rebased" {
  base_rfc3339 = "2020-01-01T00:00:00Z"
  offset_days  = 1
}
# then
terraform {
  required_providers {
    time = { source = "hashicorp/time" }
  }
}

resource "time_offset" "changed" {
  base_rfc3339  = "2020-02-29T23:36:13+02:00"
  offset_months = 1
  offset_days   = 1
}
resource "time_offset" "rebased" {
  base_rfc3339 = "2020-01-02T00:00:00Z"
  offset_days  = 1
}
# then
terraform {
  required_providers {
    time = { source = "hashicorp/time" }
  }
}

resource "time_offset" "changed" {
  base_rfc3339 = "2021-02-28T23:36:13Z"
  offset_days  = 2
}
resource "time_offset" "rebased" {
  base_rfc3339 = "2020-01-02T00:00:00Z"
  offset_days  = 1
  triggers     = { a = "1" }
}
# then
terraform {
  required_providers {
    time = { source = "hashicorp/time" }
  }
}

resource "time_offset" "changed" {
  offset_days = 3
}
