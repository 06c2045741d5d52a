# Users from a map, with keys of some. moto lacks what force_destroy asks for.
# steps: 2
locals {
  users = {
    ann = { keys = true, path = "/" }
    bob = { keys = local.step == 2, path = "/robots/" }
  }
}

resource "aws_iam_user" "each" {
  for_each = local.users
  name     = "stackwright-${each.key}"
  path     = each.value.path
  tags = {
    keys = each.value.keys ? "yes" : "no"
  }
}

resource "aws_iam_access_key" "each" {
  for_each = { for name, user in local.users : name => user if user.keys }
  user     = aws_iam_user.each[each.key].name
}

resource "aws_iam_user_policy" "own" {
  for_each = aws_iam_user.each
  user     = each.value.name
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "iam:*AccessKey*", Resource = each.value.arn }]
  })
}
