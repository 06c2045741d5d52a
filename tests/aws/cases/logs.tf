# Groups of logs.
# steps: 2
resource "aws_cloudwatch_log_group" "each" {
  for_each = {
    train = 7
    serve = local.step == 1 ? 30 : 90
    audit = 0
  }
  name              = "/stackwright/${each.key}"
  retention_in_days = each.value
  tags = {
    use = each.key
  }
}

resource "aws_cloudwatch_log_group" "made_up" {
  name_prefix  = "stackwright-"
  skip_destroy = false
}
