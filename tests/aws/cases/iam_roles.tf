# Roles for services, with policies attached to each.
# steps: 2
locals {
  services = local.step == 1 ? ["ec2", "lambda"] : ["ec2", "sagemaker", "lambda"]
  managed  = ["AmazonS3ReadOnlyAccess", "CloudWatchLogsFullAccess"]
  pairs    = { for pair in setproduct(local.services, local.managed) : "${pair[0]}-${pair[1]}" => pair }
}

data "aws_iam_policy_document" "trust" {
  for_each = toset(local.services)
  statement {
    actions = ["sts:AssumeRole"]
    principals {
      type        = "Service"
      identifiers = ["${each.key}.amazonaws.com"]
    }
  }
}

resource "aws_iam_role" "each" {
  for_each           = data.aws_iam_policy_document.trust
  name               = "stackwright-roles-${each.key}"
  assume_role_policy = each.value.json
  tags = {
    service = each.key
  }
}

resource "aws_iam_role_policy_attachment" "each" {
  for_each   = local.pairs
  role       = aws_iam_role.each[each.value[0]].name
  policy_arn = "arn:aws:iam::aws:policy/${each.value[1]}"
}
