CREATE TABLE IF NOT EXISTS `sp_account_unusual` (
  `id` varchar(64) NOT NULL COMMENT 'id',
  `orderid` varchar(64) NOT NULL COMMENT 'orderid',
  `orderid_plat` varchar(64) NOT NULL COMMENT 'orderid_plat',
  `payment_code` varchar(64) NOT NULL COMMENT 'payment_code',
  `type` varchar(64) NOT NULL COMMENT 'type',
  `webgame_code` varchar(64) NOT NULL COMMENT 'webgame_code',
  `server_id` varchar(64) NOT NULL COMMENT 'server_id',
  `server_role` varchar(64) NOT NULL COMMENT 'server_role',
  `paymonth_id` varchar(64) NOT NULL COMMENT 'paymonth_id',
  `pay_userid` varchar(64) NOT NULL COMMENT 'pay_userid',
  `pay_username` varchar(64) NOT NULL COMMENT 'pay_username',
  `userid` varchar(64) NOT NULL COMMENT 'userid',
  `username` varchar(64) NOT NULL COMMENT 'username',
  `mobile` varchar(64) NOT NULL COMMENT 'mobile',
  `payment_rate` varchar(64) NOT NULL COMMENT 'payment_rate',
  `money` varchar(64) NOT NULL COMMENT 'money',
  `money_valid_middle` varchar(64) NOT NULL COMMENT 'money_valid_middle',
  `money_valid` varchar(64) NOT NULL COMMENT 'money_valid',
  `account_time` varchar(64) NOT NULL COMMENT 'account_time',
  `day` varchar(64) NOT NULL COMMENT 'day',
  `account_time_valid` varchar(64) NOT NULL COMMENT 'account_time_valid',
  `account_data` varchar(64) NOT NULL COMMENT 'account_data',
  `status` varchar(64) NOT NULL COMMENT '充值状态，0：未支付，1：成功支付；',
  `hand_manager` tinyint(4) DEFAULT NULL COMMENT '手工(补单)',
  PRIMARY KEY (`id`)
) ENGINE=MyISAM;

INSERT INTO `sp_account_unusual` VALUES (1, 'D20240101', '', 'alipay', 'touser', '', 0, NULL, 0, 9001, 'payer1', 8001, 'user1', '13800000001', 0.1, 10.00, 10.00, 9.00, 1704135845, '20240102', 1704135900, '', '2', NULL),(2, 'D20240102', '', 'wxpay', 'touser', '', 0, NULL, 0, 9002, 'payer2', 8002, 'user2', '13800000002', 0.1, 20.00, 20.00, 18.00, 1704139445, '20240102', 1704139500, '', '3', NULL),(3, 'D20240103', '', 'alipay', 'touser', '', 0, NULL, 0, 9003, 'payer3', 8003, 'user3', '13800000003', 0.1, 30.00, 30.00, 27.00, 1704143045, '20240102', 1704143100, '', '4', NULL);
