# Secrets from a map.
# steps: 2
variable "passwords" {
  type = map(string)
  default = {
    database = "one"
    tracking = "two"
  }
  sensitive = true
}

locals {
  names = nonsensitive(keys(var.passwords))
}

resource "aws_secretsmanager_secret" "each" {
  for_each                       = toset(local.names)
  name                           = "stackwright/map/${each.key}"
  recovery_window_in_days        = 0
  force_overwrite_replica_secret = true
  tags = {
    use = each.key
  }
}

resource "aws_secretsmanager_secret_version" "each" {
  for_each  = aws_secretsmanager_secret.each
  secret_id = each.value.id
  secret_string = jsonencode({
    username = each.key
    password = "${var.passwords[each.key]}-${each.key == "database" ? local.step : 0}"
  })
}

data "aws_secretsmanager_secret_version" "current" {
  secret_id     = aws_secretsmanager_secret.each["tracking"].id
  version_stage = "AWSCURRENT"
  depends_on    = [aws_secretsmanager_secret_version.each]
}
